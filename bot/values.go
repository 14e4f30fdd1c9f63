package bot

// Values hold what placeholders stand for: name → values. Most have one; tags and phone numbers may have several.
type Values map[string][]string

// First is the first value of that name, or empty.
func (v Values) First(name string) string {
	if list := v[name]; len(list) > 0 {
		return list[0]
	}
	return ""
}

// Set replaces a name's values.
func (v Values) Set(name string, values ...string) { v[name] = values }
