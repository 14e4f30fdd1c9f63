package main

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strings"
)

// A report counts verdicts and keeps the survivors that nobody has given a reason for.
type report struct {
	excuses     map[string]string
	counts      map[verdict]int
	excused     int
	unexplained []string
}

func newReport(excuses map[string]string) *report {
	return &report{excuses: excuses, counts: map[verdict]int{}}
}

func (r *report) add(m mutant, v verdict) {
	r.counts[v]++
	fmt.Printf("%-10s %s:%d %s\n", v, m.file, m.line, m)
	if v != survived && v != uncovered {
		return
	}
	if _, ok := r.excuses[m.String()]; ok {
		r.excused++
		return
	}
	r.unexplained = append(r.unexplained, fmt.Sprintf("%s (%s, line %d)", m, v, m.line))
}

// print writes the table and gives the number of survivors without a reason.
func (r *report) print() int {
	viable := r.counts[killed] + r.counts[survived] + r.counts[uncovered]
	fmt.Printf("\n%d mutants: %d killed, %d survived, %d uncovered; beside them %d that do not compile and %d of errors that no test provokes\n",
		viable, r.counts[killed], r.counts[survived], r.counts[uncovered], r.counts[broken], r.counts[passed])
	if viable > 0 {
		fmt.Printf("score %.0f %%; %d survivors have a reason in survivors.txt\n",
			100*float64(r.counts[killed])/float64(viable), r.excused)
	}
	if len(r.unexplained) > 0 {
		slices.Sort(r.unexplained)
		fmt.Printf("\nWithout a reason; write a test, or a line in survivors.txt:\n  %s\n", strings.Join(r.unexplained, "\n  "))
	}
	return len(r.unexplained)
}

// readExcuses reads lines of the form `<mutant> # <reason>`; empty lines and those that begin with # are comments.
func readExcuses(file string) (map[string]string, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	excuses := map[string]string{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, reason, ok := strings.Cut(line, " # ")
		if !ok || strings.TrimSpace(reason) == "" {
			return nil, fmt.Errorf("%s: %q gives no reason after ' # '", file, line)
		}
		excuses[strings.TrimSpace(name)] = reason
	}
	return excuses, lines.Err()
}
