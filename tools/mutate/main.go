// Command mutate changes the product's code in one place at a time, runs the tests that pass through that place, and
// lists the changes that no test noticed. Run it by `make mutate`, from the repository's root:
//
//	mutate [-n 150] [-seed 1] [-only workflows/] [-list]
//
// It samples: the same seed takes the same places of the same code. Survivors that have a reason to survive are written
// down in survivors.txt beside this file; any other makes it end with 1.
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"
)

// packages are those whose code is changed; their tests, and those of withTests, are what must notice.
var (
	packages  = []string{"workflows", "db", "activities", "postman", "api"}
	withTests = append(slices.Clone(packages), "api/hooks")
)

type options struct {
	count   int
	seed    uint64
	only    string
	list    bool
	timeout time.Duration
}

func main() {
	var o options
	flag.IntVar(&o.count, "n", 150, "how many `mutants` to try; 0 is all of them, which takes a day")
	flag.Uint64Var(&o.seed, "seed", 1, "which sample")
	flag.StringVar(&o.only, "only", "", "only files whose path begins with this `prefix`")
	flag.BoolVar(&o.list, "list", false, "list the sample without running tests")
	flag.DurationVar(&o.timeout, "timeout", 2*time.Minute, "a test binary that runs longer than this has noticed")
	flag.Parse()
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	defer cancel()
	unexplained, err := run(ctx, o)
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(2)
	}
	if unexplained > 0 {
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) (unexplained int, err error) {
	sample, err := sampleOf(o)
	if err != nil {
		return 0, err
	}
	if o.list {
		for _, m := range sample {
			fmt.Println(m)
		}
		return 0, nil
	}
	excuses, err := readExcuses("tools/mutate/survivors.txt")
	if err != nil {
		return 0, err
	}
	work, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(work)
	covered, err := coverage(ctx, work)
	if err != nil {
		return 0, fmt.Errorf("the tests must pass before anything is changed: %w", err)
	}
	report := newReport(excuses)
	for m, verdict := range tryAll(ctx, sample, covered, work, o.timeout) {
		report.add(m, verdict)
	}
	return report.print(), ctx.Err()
}

// sampleOf reads all mutants there are and draws from them without regard to the order of files.
func sampleOf(o options) ([]mutant, error) {
	var all []mutant
	for _, folder := range packages {
		found, err := mutantsOf(folder)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	all = slices.DeleteFunc(all, func(m mutant) bool { return !strings.HasPrefix(m.file, o.only) })
	random := rand.New(rand.NewPCG(o.seed, 0))
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	if o.count > 0 && o.count < len(all) {
		all = all[:o.count]
	}
	return all, nil
}
