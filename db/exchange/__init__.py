"""Files in and out: workbooks, bundles, enrolment cards."""
