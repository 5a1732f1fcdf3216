"""The implementation guides, compiled: trees from map files, corrected by overlays, with the places that follow each other."""
