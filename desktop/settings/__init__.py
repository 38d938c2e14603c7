"""Sections of the settings page."""
