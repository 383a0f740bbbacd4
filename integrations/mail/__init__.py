"""The destination `mail`: tells customers that their order was received, shipped or cancelled."""
