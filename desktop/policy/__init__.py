"""Policy packs and standards on the screen: lists, the editor of figures, delivery to other offices."""
