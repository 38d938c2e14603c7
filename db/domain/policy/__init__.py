"""Who qualifies, for what, up to how much: policy packs as data, the rules they may name, and the assessment."""
