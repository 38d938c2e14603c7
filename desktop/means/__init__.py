"""The means worksheet (家庭经济状况) of an archive: questions, people, ledgers, sums."""
