"""Files in and out: workbooks, CSV, VROOM's JSON and our own."""
