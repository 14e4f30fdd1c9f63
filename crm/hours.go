package crm

import (
	"slices"
	"time"
	_ "time/tzdata" // small images have no zone files
)

// WorkingHours say when an account works. Without a day it always does.
type WorkingHours struct {
	// TimeZone is an IANA name such as Europe/Berlin; empty is UTC.
	TimeZone string `json:"time_zone"`
	// Days hold the intervals of the weekdays, Monday first; missing or empty ones are free.
	Days [7][]Interval `json:"days"`
	// Holidays are free whole days: 2026-12-25, or 12-25 for every year.
	Holidays []string `json:"holidays,omitempty"`
}

// Interval is a part of a day: local times as HH:MM, the end not included. 24:00 is the end of the day. One that
// passes midnight is two, on two days.
type Interval struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Validate checks what a person entered.
func (h WorkingHours) Validate() error {
	if _, err := time.LoadLocation(h.TimeZone); err != nil {
		return FieldError("time_zone", "there is no time zone %q; write one such as Europe/Berlin", h.TimeZone)
	}
	for day, intervals := range h.Days {
		for i, interval := range intervals {
			if err := interval.validate(); err != nil {
				return FieldError(err.Field, "day %d, interval %d: %s", day+1, i+1, err.Message)
			}
		}
	}
	for _, holiday := range h.Holidays {
		_, dateErr := time.Parse(time.DateOnly, holiday)
		// A leap year, so that 02-29 is a day.
		_, yearlyErr := time.Parse(time.DateOnly, "2024-"+holiday)
		if dateErr != nil && yearlyErr != nil {
			return FieldError("holidays", "%q is no day; write 2026-12-25, or 12-25 for every year", holiday)
		}
	}
	return nil
}

func (i Interval) validate() *Error {
	from, fromOK := minutes(i.From)
	to, toOK := minutes(i.To)
	if !fromOK || !toOK {
		return FieldError("days", "write times such as 09:00 and 18:30")
	}
	if from >= to {
		return FieldError("days", "%s is not before %s; split hours that pass midnight into two days", i.From, i.To)
	}
	return nil
}

// minutes reads HH:MM as minutes since midnight.
func minutes(clock string) (int, bool) {
	if clock == "24:00" {
		return 24 * 60, true
	}
	t, err := time.Parse("15:04", clock)
	return t.Hour()*60 + t.Minute(), err == nil
}

// always says that no hours were entered at all.
func (h WorkingHours) always() bool {
	return !slices.ContainsFunc(h.Days[:], func(d []Interval) bool { return len(d) > 0 })
}

// Open says whether it is working time at that moment.
func (h WorkingHours) Open(at time.Time) bool {
	begins, ok := h.Next(at)
	return ok && begins.Equal(at)
}

// Next is when working time begins: at itself within it. ok is false if there is none within two years, as when all
// days are holidays.
func (h WorkingHours) Next(at time.Time) (begins time.Time, ok bool) {
	if h.always() {
		return at, true
	}
	zone, err := time.LoadLocation(h.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	local := at.In(zone)
	const twoYears = 732
	for day := range twoYears {
		// Noon exists on every day in every zone; midnight does not where clocks are put forward at night.
		date := time.Date(local.Year(), local.Month(), local.Day()+day, 12, 0, 0, 0, zone)
		if begins, ok := h.nextOn(date, at); ok {
			return begins, true
		}
	}
	return time.Time{}, false
}

func (h WorkingHours) nextOn(date, at time.Time) (time.Time, bool) {
	if h.holiday(date) {
		return time.Time{}, false
	}
	var best time.Time
	for _, interval := range h.Days[(int(date.Weekday())+6)%7] {
		from, to := clockTime(date, interval.From), clockTime(date, interval.To)
		if !to.After(at) {
			continue
		}
		if !from.After(at) {
			return at, true
		}
		if best.IsZero() || from.Before(best) {
			best = from
		}
	}
	return best, !best.IsZero()
}

func (h WorkingHours) holiday(date time.Time) bool {
	return slices.Contains(h.Holidays, date.Format(time.DateOnly)) || slices.Contains(h.Holidays, date.Format("01-02"))
}

func clockTime(date time.Time, clock string) time.Time {
	m, _ := minutes(clock)
	return time.Date(date.Year(), date.Month(), date.Day(), 0, m, 0, 0, date.Location())
}
