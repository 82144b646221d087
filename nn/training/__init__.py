"""Train: `fit`, the engines that compute gradients for it, and what it leaves behind."""
