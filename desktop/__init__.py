"""The Qt main window: shows, collects, calls services."""
