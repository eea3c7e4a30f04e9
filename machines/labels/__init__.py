"""Labels to stick on machines: the sheets they are printed on, and how they are drawn."""
