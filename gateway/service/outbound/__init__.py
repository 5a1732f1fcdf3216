"""Claims into sealed files, files to partners, and what people decide about them."""
