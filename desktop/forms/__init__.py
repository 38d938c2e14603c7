"""Editors and the wizard, generated from the form schema."""
