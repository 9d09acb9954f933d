"""The pages on which directory editors keep the directory right."""
