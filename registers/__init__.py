"""The township's ledgers (台账) and the service operations that flows call. Knows no HTTP."""
