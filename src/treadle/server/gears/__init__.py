"""The gear catalogue: which gears there are, who may use them, what fits them."""
