"""What a learner calls in a notebook, and how it is shown and remembered."""
