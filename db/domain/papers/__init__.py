"""The papers of the casework, each laid out once for print and workbook, blank and filled in."""
