package app

// keys are derived from the installation's secret key, one a purpose.
type keys struct {
	// channels seals channels' tokens; links signs file addresses and visitors' tokens; payloads encrypts Temporal's.
	channels, links, payloads []byte
}

func openKeys(c Config) (keys, error) {
	secret, err := secretKey(c)
	if err != nil {
		return keys{}, err
	}
	var k keys
	for purpose, to := range map[string]*[]byte{"channel secrets": &k.channels, "signed links": &k.links, "temporal payloads": &k.payloads} {
		if *to, err = subkey(secret, purpose); err != nil {
			return keys{}, err
		}
	}
	return k, nil
}
