"""Parts of the page 数据交换 and the dialogs that bring archives onto paper, into workbooks and onto a stick."""
