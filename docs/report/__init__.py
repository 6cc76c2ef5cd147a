"""The pages of docs/validation, made from the code and the golden data."""
