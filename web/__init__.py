"""The Flask front: one blueprint a room of people."""
