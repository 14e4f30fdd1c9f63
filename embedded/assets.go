//go:build !noembed

package embedded

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"go.temporal.io/server/schema"
)

// version of a schema, as {1, 19} for 1.19.
type version []int

func parseVersion(s string) (version, error) {
	var v version
	for part := range strings.SplitSeq(strings.TrimPrefix(s, "v"), ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil, fmt.Errorf("schema version %q is not numbers with dots", s)
		}
		v = append(v, n)
	}
	return v, nil
}

func (v version) String() string {
	parts := make([]string, len(v))
	for i, n := range v {
		parts[i] = strconv.Itoa(n)
	}
	return strings.Join(parts, ".")
}

func (v version) less(w version) bool { return slices.Compare(v, w) < 0 }

// step brings a schema from the version before to its own.
type step struct {
	version       version
	minCompatible string
	sql           []string
}

// schemaFile reads the schema as of now, for an empty store. dir is as in "sqlite/v3/temporal".
func schemaFile(dir string) (string, error) {
	b, err := fs.ReadFile(schema.Assets(), path.Join(dir, "schema.sql"))
	if err != nil {
		return "", fmt.Errorf("read Temporal's schema: %w", err)
	}
	return string(b), nil
}

// stepsBetween reads the steps of a schema that lead from one version to another, oldest first. It fails
// when the last one does not arrive at the version asked for.
func stepsBetween(dir string, from, to version) ([]step, error) {
	entries, err := fs.ReadDir(schema.Assets(), path.Join(dir, "versioned"))
	if err != nil {
		return nil, fmt.Errorf("read Temporal's schema steps: %w", err)
	}
	var steps []step
	for _, e := range entries {
		v, err := parseVersion(e.Name())
		if err != nil {
			return nil, err
		}
		if !from.less(v) || to.less(v) {
			continue
		}
		s, err := readStep(path.Join(dir, "versioned", e.Name()), v)
		if err != nil {
			return nil, err
		}
		steps = append(steps, s)
	}
	slices.SortFunc(steps, func(a, b step) int { return slices.Compare(a.version, b.version) })
	if len(steps) == 0 || steps[len(steps)-1].version.less(to) {
		return nil, fmt.Errorf("this Temporal server knows no way from schema %s to %s of %s", from, to, dir)
	}
	return steps, nil
}

func readStep(dir string, v version) (step, error) {
	var manifest struct {
		MinCompatibleVersion string
		SchemaUpdateCqlFiles []string
	}
	b, err := fs.ReadFile(schema.Assets(), path.Join(dir, "manifest.json"))
	if err != nil {
		return step{}, fmt.Errorf("read Temporal's schema step: %w", err)
	}
	if err := json.Unmarshal(b, &manifest); err != nil {
		return step{}, fmt.Errorf("read Temporal's schema step %s: %w", dir, err)
	}
	s := step{version: v, minCompatible: manifest.MinCompatibleVersion}
	for _, name := range manifest.SchemaUpdateCqlFiles {
		b, err := fs.ReadFile(schema.Assets(), path.Join(dir, name))
		if err != nil {
			return step{}, fmt.Errorf("read Temporal's schema step: %w", err)
		}
		s.sql = append(s.sql, string(b))
	}
	return s, nil
}
