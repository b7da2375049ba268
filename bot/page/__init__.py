"""The page on which a person fills in a letter: one HTML file that loads nothing and sends nothing."""
