-- What each source of money was granted and paid, kept beside the lines it follows from: a source of 60 000 grants is
-- looked at with every key while a grant is typed. Lines are only ever added; after a bundle was undone it is told anew.

CREATE TABLE fund_sum (
    office_id TEXT NOT NULL,
    fund_id TEXT NOT NULL,
    granted INTEGER NOT NULL,
    settled INTEGER NOT NULL,
    paid INTEGER NOT NULL,
    came_back INTEGER NOT NULL,
    PRIMARY KEY (office_id, fund_id)
) STRICT;

INSERT INTO fund_sum (office_id, fund_id, granted, settled, paid, came_back)
    SELECT g.office_id, g.fund_id, sum(g.amount), 0, 0, 0 FROM aid_grant g WHERE g.fund_id <> '' GROUP BY 1, 2;

UPDATE fund_sum SET settled = told.settled, paid = told.paid, came_back = told.came_back
    FROM (SELECT g.office_id, g.fund_id,
            sum(iif(p.outcome IN ('paid', 'withdrawn'), g.amount, 0)) AS settled,
            sum(iif(p.outcome = 'paid', p.amount, 0)) AS paid,
            sum(iif(p.outcome = 'returned', p.amount, 0)) AS came_back
        FROM payout p JOIN aid_grant g ON g.id = p.grant_id GROUP BY 1, 2) told
    WHERE fund_sum.office_id = told.office_id AND fund_sum.fund_id = told.fund_id;

CREATE TRIGGER grant_counts AFTER INSERT ON aid_grant WHEN NEW.fund_id <> '' BEGIN
    INSERT INTO fund_sum (office_id, fund_id, granted, settled, paid, came_back)
        VALUES (NEW.office_id, NEW.fund_id, NEW.amount, 0, 0, 0)
        ON CONFLICT (office_id, fund_id) DO UPDATE SET granted = granted + excluded.granted;
END;

CREATE TRIGGER payout_counts AFTER INSERT ON payout WHEN NEW.outcome IN ('paid', 'withdrawn', 'returned') BEGIN
    UPDATE fund_sum SET settled = settled + iif(NEW.outcome IN ('paid', 'withdrawn'), g.amount, 0),
            paid = paid + iif(NEW.outcome = 'paid', NEW.amount, 0),
            came_back = came_back + iif(NEW.outcome = 'returned', NEW.amount, 0)
        FROM (SELECT office_id, fund_id, amount FROM aid_grant WHERE id = NEW.grant_id) g
        WHERE fund_sum.office_id = g.office_id AND fund_sum.fund_id = g.fund_id;
END;
