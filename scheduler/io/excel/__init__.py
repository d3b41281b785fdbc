"""A problem from an Excel workbook, and the template that people fill in."""
