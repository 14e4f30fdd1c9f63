package bottest

import (
	"context"
	"fmt"
	"io"
	"strings"
)

// Report is what became of a script.
type Report struct {
	// Bot is the bot's name.
	Bot   string
	Cases []CaseReport
}

// CaseReport is what became of one case.
type CaseReport struct {
	Name       string
	Transcript []Line
	// Failure is nil if all went as expected.
	Failure *Failure
}

// Failure is where a case went wrong.
type Failure struct {
	// Step counts from 1; Text is the step as the script writes it.
	Step int
	Text string
	// Problem says what was expected and what was seen.
	Problem string
}

// Failed counts the cases that failed.
func (r Report) Failed() int {
	failed := 0
	for _, c := range r.Cases {
		if c.Failure != nil {
			failed++
		}
	}
	return failed
}

// String is the case's name, its transcript and where it went wrong.
func (c CaseReport) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", c.Name)
	for _, line := range c.Transcript {
		fmt.Fprintf(&b, "  %s\n", line)
	}
	if c.Failure != nil {
		fmt.Fprintf(&b, "  FAILED at step %d, %s\n  %s\n", c.Failure.Step, c.Failure.Text, c.Failure.Problem)
	}
	return b.String()
}

// Main plays the scripts of these files and writes a line a case, and the transcripts of those that failed. An error
// is a script or a bot that can't be read.
func Main(w io.Writer, files []string) (passed, failed int, err error) {
	for _, file := range files {
		script, err := Load(file)
		if err != nil {
			return passed, failed, err
		}
		report, err := script.Play(context.Background(), Options{})
		if err != nil {
			return passed, failed, fmt.Errorf("%s: %w", file, err)
		}
		for _, c := range report.Cases {
			if c.Failure == nil {
				passed++
				_, err = fmt.Fprintf(w, "ok    %s: %s\n", file, c.Name)
			} else {
				failed++
				_, err = fmt.Fprintf(w, "FAIL  %s: %s", file, c)
			}
			if err != nil {
				return passed, failed, err
			}
		}
	}
	return passed, failed, nil
}
