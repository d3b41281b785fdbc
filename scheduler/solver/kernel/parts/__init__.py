"""Large plans cut into territories that are searched side by side; the borders move from round to round."""
