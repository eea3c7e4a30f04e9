"""What a space did before it came here, read from the files that it brings; nothing written."""
