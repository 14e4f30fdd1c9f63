package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/tools/cover"
)

// A test is one top-level test of one package, and how long it took by itself.
type test struct {
	folder, name string
	took         time.Duration
}

// places maps a file to the stretches of it that a test passed through.
type places map[string][]stretch

type stretch struct {
	first, last int // lines, both included
	by          test
}

// by lists the tests that pass through a mutant's line, the fastest first, each once.
func (p places) by(m mutant) []test {
	var found []test
	for _, s := range p[m.file] {
		if s.first <= m.line && m.line <= s.last && !slices.Contains(found, s.by) {
			found = append(found, s.by)
		}
	}
	slices.SortFunc(found, func(a, b test) int { return int(a.took - b.took) })
	return found
}

// coverage runs every test by itself and notes where it passes.
func coverage(ctx context.Context, work string) (places, error) {
	all := places{}
	var mu sync.Mutex
	running, ctx := errgroup.WithContext(ctx)
	running.SetLimit(runtime.NumCPU())
	for _, folder := range withTests {
		binary := filepath.Join(work, strings.ReplaceAll(folder, "/", "-")+".cover")
		names, err := buildCovered(ctx, folder, binary)
		if err != nil {
			return nil, errors.Join(running.Wait(), err) // a test that failed has ended the build
		}
		for _, name := range names {
			running.Go(func() error {
				profiles, by, err := cover1(ctx, test{folder: folder, name: name}, binary)
				if err != nil {
					return err
				}
				mu.Lock()
				defer mu.Unlock()
				all.note(profiles, by)
				return nil
			})
		}
	}
	return all, running.Wait()
}

func buildCovered(ctx context.Context, folder, binary string) (tests []string, err error) {
	of := make([]string, len(packages))
	for i, p := range packages {
		of[i] = "./" + p
	}
	build := exec.CommandContext(ctx, "go", "test", "-c", "-vet=off", "-cover", "-coverpkg="+strings.Join(of, ","), "-o", binary, "./"+folder)
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", folder, err, out)
	}
	list := exec.CommandContext(ctx, binary, "-test.list", "^(Test|Fuzz)")
	list.Dir = folder
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", folder, err)
	}
	lines := bufio.NewScanner(bytes.NewReader(out))
	for lines.Scan() {
		tests = append(tests, lines.Text())
	}
	return tests, nil
}

// cover1 runs one test and reads its profile.
func cover1(ctx context.Context, t test, binary string) ([]*cover.Profile, test, error) {
	profile := binary + "." + t.name
	command := exec.CommandContext(ctx, binary, "-test.run", "^"+t.name+"$", "-test.coverprofile", profile)
	command.Dir = t.folder
	begin := time.Now()
	if out, err := command.CombinedOutput(); err != nil {
		return nil, t, fmt.Errorf("%s %s: %w\n%s", t.folder, t.name, err, out)
	}
	t.took = time.Since(begin)
	defer os.Remove(profile)
	profiles, err := cover.ParseProfiles(profile)
	return profiles, t, err
}

func (p places) note(profiles []*cover.Profile, by test) {
	for _, profile := range profiles {
		file := strings.TrimPrefix(profile.FileName, "salesbot/")
		for _, block := range profile.Blocks {
			if block.Count > 0 {
				p[file] = append(p[file], stretch{block.StartLine, block.EndLine, by})
			}
		}
	}
}
