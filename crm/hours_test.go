package crm

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func week(zone string, holidays ...string) WorkingHours {
	h := WorkingHours{TimeZone: zone, Holidays: holidays}
	for day := range 5 {
		h.Days[day] = []Interval{{From: "14:00", To: "18:00"}, {From: "09:00", To: "13:00"}}
	}
	h.Days[5] = []Interval{{From: "22:00", To: "24:00"}}
	return h
}

func TestWorkingHoursNext(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		hours    WorkingHours
		at, want string
	}{
		"within":                  {week(""), "2026-01-05T10:00:00Z", "2026-01-05T10:00:00Z"},
		"before the day":          {week(""), "2026-01-05T08:00:00Z", "2026-01-05T09:00:00Z"},
		"in the break":            {week(""), "2026-01-05T13:00:00Z", "2026-01-05T14:00:00Z"},
		"the first moment":        {week(""), "2026-01-05T09:00:00Z", "2026-01-05T09:00:00Z"},
		"after the day":           {week(""), "2026-01-05T18:00:00Z", "2026-01-06T09:00:00Z"},
		"until midnight":          {week(""), "2026-01-10T23:59:59Z", "2026-01-10T23:59:59Z"},
		"over the Sunday":         {week(""), "2026-01-11T00:00:00Z", "2026-01-12T09:00:00Z"},
		"in another zone":         {week("America/New_York"), "2026-01-05T10:00:00Z", "2026-01-05T14:00:00Z"},
		"another day there":       {week("Asia/Tokyo"), "2026-01-04T23:30:00Z", "2026-01-05T00:00:00Z"},
		"clocks put forward":      {week("Europe/Berlin"), "2026-03-29T23:00:00Z", "2026-03-30T07:00:00Z"},
		"clocks put back":         {week("Europe/Berlin"), "2026-10-25T23:00:00Z", "2026-10-26T08:00:00Z"},
		"a holiday":               {week("", "2026-01-05"), "2026-01-05T10:00:00Z", "2026-01-06T09:00:00Z"},
		"a holiday of every year": {week("", "01-05", "01-06"), "2026-01-05T10:00:00Z", "2026-01-07T09:00:00Z"},
		"no hours at all":         {WorkingHours{}, "2026-01-11T03:00:00Z", "2026-01-11T03:00:00Z"},
		"an unknown zone is UTC":  {week("Mars/Olympus"), "2026-01-05T08:00:00Z", "2026-01-05T09:00:00Z"},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		require.NoError(t, err)
		next, ok := c.hours.Next(at)
		require.True(t, ok, name)
		require.Equal(t, c.want, next.UTC().Format(time.RFC3339), name)
		require.Equal(t, c.at == c.want, c.hours.Open(at), name)
	}
}

func TestWorkingHoursNever(t *testing.T) {
	t.Parallel()
	h := WorkingHours{Holidays: []string{}}
	h.Days[0] = []Interval{{From: "09:00", To: "10:00"}}
	for day := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() == 2024; day = day.AddDate(0, 0, 1) {
		h.Holidays = append(h.Holidays, day.Format("01-02"))
	}
	_, ok := h.Next(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	require.False(t, ok)
}

func TestWorkingHoursValidate(t *testing.T) {
	t.Parallel()
	require.NoError(t, week("Europe/Berlin", "2026-12-25", "02-29").Validate())
	with := func(from, to string) WorkingHours {
		h := WorkingHours{}
		h.Days[2] = []Interval{{From: from, To: to}}
		return h
	}
	for name, h := range map[string]WorkingHours{
		"time_zone": week("Mars/Olympus"), "holidays": week("", "12-32"), "days": with("9", "10:00"),
	} {
		var domain *Error
		require.ErrorAs(t, h.Validate(), &domain, name)
		require.Equal(t, name, domain.Field)
	}
	require.ErrorContains(t, with("22:00", "06:00").Validate(), "midnight")
	require.ErrorContains(t, with("09:00", "25:00").Validate(), "write times")
}
