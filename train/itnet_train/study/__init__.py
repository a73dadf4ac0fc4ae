"""The paper's experiments as data: which networks are trained how, run anywhere, drawn from one table."""
