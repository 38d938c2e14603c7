"""Parts of 评估: the strip that chooses the sample, its list, and reading results from a workbook."""
