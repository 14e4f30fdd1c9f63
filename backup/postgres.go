package backup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// DumpFile holds the PostgreSQL database in a backup.
const DumpFile = "database.dump"

// Dump is a step that has pg_dump write the schemas of a database as they are at one moment.
func Dump(address string, schemas ...string) Step {
	return func(ctx context.Context, into string) error {
		arguments := []string{"--format=custom", "--no-owner", "--no-privileges", "--file=" + filepath.Join(into, DumpFile)}
		for _, schema := range schemas {
			arguments = append(arguments, "--schema="+quote(schema))
		}
		_, err := tool(ctx, "pg_dump", address, arguments...)
		return err
	}
}

// quote keeps pg_dump from taking a name for a pattern.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// Undump has pg_restore bring a dump's tables into schemas that are there and empty; all or nothing.
func Undump(ctx context.Context, dir, address string) error {
	dump := filepath.Join(dir, DumpFile)
	contents, err := tool(ctx, "pg_restore", "", "--list", dump)
	if err != nil {
		return err
	}
	list, err := os.CreateTemp("", "salesbot-restore-")
	if err != nil {
		return err
	}
	defer os.Remove(list.Name())
	_, err = list.WriteString(withoutSchemas(contents))
	if err := errors.Join(err, list.Close()); err != nil {
		return err
	}
	_, err = tool(ctx, "pg_restore", address, "--use-list="+list.Name(), "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", dump)
	return err
}

// withoutSchemas leaves the schemas themselves, and what is said of them, out of the list of a dump's contents.
func withoutSchemas(contents string) string {
	var kept strings.Builder
	for line := range strings.Lines(contents) {
		// A line is "12; 2615 2200 SCHEMA - public owner".
		words := strings.Fields(line)
		const kind = 3
		if len(words) > kind+2 && (words[kind] == "SCHEMA" || (words[kind] == "COMMENT" && words[kind+2] == "SCHEMA")) {
			continue
		}
		kept.WriteString(line)
	}
	return kept.String()
}

// tool runs one of PostgreSQL's own programs. An address, if there is one, is that of the database; its password does not
// stand in the list of processes.
func tool(ctx context.Context, name, address string, arguments ...string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("%s is not installed here: install the client programs of PostgreSQL (postgresql-client), of the server's version or newer", name)
	}
	command := exec.CommandContext(ctx, path, arguments...)
	command.Env = os.Environ()
	if address != "" {
		plain, password, err := toolAddress(address)
		if err != nil {
			return "", err
		}
		command.Args = append(command.Args, "--dbname="+plain)
		if password != "" {
			command.Env = append(command.Env, "PGPASSWORD="+password)
		}
	}
	var said bytes.Buffer
	command.Stderr = &said
	output, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(said.String()))
	}
	return string(output), nil
}

// known are the parameters of an address that PostgreSQL's own programs understand; the others are for the drivers.
var known = []string{"host", "port", "user", "dbname", "passfile", "sslmode", "sslrootcert", "sslcert", "sslkey", "sslpassword", "sslcrl", "sslsni",
	"ssl_min_protocol_version", "channel_binding", "gssencmode", "krbsrvname", "connect_timeout", "keepalives", "keepalives_idle",
	"target_session_attrs", "application_name", "options"}

func toolAddress(address string) (plain, password string, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", "", errors.New("DATABASE_URL is no address")
	}
	if u.User != nil {
		password, _ = u.User.Password()
		u.User = url.User(u.User.Username())
	}
	query := u.Query()
	if p := query.Get("password"); p != "" {
		password = p
	}
	for name := range query {
		if !slices.Contains(known, name) {
			query.Del(name)
		}
	}
	u.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20") // the programs take a plus for a plus
	return u.String(), password, nil
}
