"""Remittances posted, and the laws that every dollar keeps."""
