"""The body map: where on the body a mark was seen, as data and drawings. Standard library only."""
