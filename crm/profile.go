package crm

// Over is what is known when p is told about somebody of whom old was known: what p leaves empty stays.
func (p Profile) Over(old Profile) Profile {
	for _, field := range []struct{ to, from *string }{
		{&old.Name, &p.Name}, {&old.FirstName, &p.FirstName}, {&old.LastName, &p.LastName}, {&old.Username, &p.Username},
		{&old.Phone, &p.Phone}, {&old.Email, &p.Email}, {&old.Language, &p.Language}, {&old.AvatarURL, &p.AvatarURL}, {&old.PageURL, &p.PageURL},
	} {
		if *field.from != "" {
			*field.to = *field.from
		}
	}
	return old
}
