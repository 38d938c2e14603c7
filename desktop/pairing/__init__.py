"""结对 on the screen: who looks after whom, the register of cadres, and what is due."""
