/* SPDX-License-Identifier: ISC */
/* See utf8.h. */
#include "lib/utf8.h"

static size_t length_by_first(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xc2)
		return 0;
	if (first < 0xe0)
		return 2;
	if (first < 0xf0)
		return 3;
	return first < 0xf5 ? 4 : 0;
}

size_t utf8_length(char const *bytes, size_t count)
{
	unsigned char const *s = (unsigned char const *)bytes;
	size_t const length = count ? length_by_first(s[0]) : 0;

	if (length > count)
		return 0;
	for (size_t i = 1; i < length; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return length;
}

size_t utf8_unfinished(char const *bytes, size_t count)
{
	unsigned char const *s = (unsigned char const *)bytes;

	for (size_t back = 1; back <= 3 && back <= count; back++) {
		unsigned char const byte = s[count - back];

		if ((byte & 0xc0) != 0x80)
			return length_by_first(byte) > back ? back : 0;
	}
	return 0;
}
