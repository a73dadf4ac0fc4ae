"""`python -m itnet_train.report`: docs/accuracy.md from the shipped weights, measured, never typed."""
