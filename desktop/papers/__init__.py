"""The papers of the casework: printing any of them, and the keeping of the archives."""
