"""Statistical tables: declared in data files, worked out exactly, shown as their form wants them."""
