//! What the three Python formats share.
