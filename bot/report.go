package bot

import "time"

// A Report is what somebody told in confidence of what is wrong: of somebody's conduct, or of how people's data is treated. It is given to
// one coordinator who is on neither side, or to whoever runs the bot.
type Report struct {
	ID     int64
	Kind   ReportKind
	From   Speaker // zero once that person was forgotten
	Words  string  // "" once that person was forgotten, or it is closed
	Given  Speaker // the coordinator it was given to; zero: to whoever runs the bot
	At     time.Time
	Due    time.Time // by when it should be answered
	Closed time.Time // zero while it is open
}

// ReportKind is what a report is about.
type ReportKind string

// The kinds of report.
const (
	Conduct   ReportKind = "report"    // of somebody here
	Complaint ReportKind = "complaint" // about how this is run, and what is done with people's data
)

// ReportDue is within what time a complaint must be answered.
const ReportDue = 30 * 24 * time.Hour
