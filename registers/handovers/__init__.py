"""Hand-over (工作交接): what somebody who leaves a post has in hand, and to whom it goes."""
