package bot

import (
	"fmt"
	"time"
)

// Date is a day of the calendar, in no time zone. The zero Date is no day.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// Day is that day of the calendar; one too many for its month is counted on into the next.
func Day(year int, month time.Month, day int) Date {
	return DateOf(time.Date(year, month, day, 12, 0, 0, 0, time.UTC))
}

// DateOf is the day of t where t's clock hangs.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// IsZero tells whether d is no day.
func (d Date) IsZero() bool { return d == Date{} }

// Before tells whether d comes before e.
func (d Date) Before(e Date) bool { return d.number() < e.number() }

// After tells whether d comes after e.
func (d Date) After(e Date) bool { return d.number() > e.number() }

func (d Date) number() int { return d.Year*10000 + int(d.Month)*100 + d.Day }

// Compare is below 0 when d comes before e, 0 when they are the same day, and above 0 when d comes after e.
func (d Date) Compare(e Date) int { return d.number() - e.number() }

// AddDays is the day n days after d.
func (d Date) AddDays(n int) Date {
	return DateOf(time.Date(d.Year, d.Month, d.Day+n, 12, 0, 0, 0, time.UTC))
}

// Weekday is the day of the week that d falls on.
func (d Date) Weekday() time.Weekday {
	return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC).Weekday()
}

// Time is the first moment of d in loc.
func (d Date) Time(loc *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, loc)
}

// String is d for the log and the tests, as ISO writes it; how people read it is the language's.
func (d Date) String() string { return d.ISO() }

// ISO is d as 2027-03-01, "" for no day.
func (d Date) ISO() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// ParseISODate reads what ISO wrote; "" is no day.
func ParseISODate(s string) (Date, error) {
	if s == "" {
		return Date{}, nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, err
	}
	return DateOf(t), nil
}
