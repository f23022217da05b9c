"""Further signers of an item (加签、会签): colleagues who are asked before or after its holder hands it in: all of
them, one after another, any one, or so many."""
