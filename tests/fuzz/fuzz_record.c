// SPDX-License-Identifier: Apache-2.0
/*
 * The reader of records. The first byte chooses: the bytes are the file as it
 * is, or each piece of them is what is packed in a block whose sums are right,
 * so that the fuzzer gets behind the sums. All that is read is printed or summed
 * up, for the sanitizers to see it.
 */
#define _GNU_SOURCE
#include "../../bridge/record_internal.h"
#include "memory_file.h"

#define MAX_FILE	(1u << 16)
#define MAX_BLOCKS	8
#define FRAME_BYTES	12

/* One context for all logs: it has no memory of the frame before. */
ZSTD_DCtx *__real_ZSTD_createDCtx(void);
ZSTD_DCtx *__wrap_ZSTD_createDCtx(void);
size_t __wrap_ZSTD_freeDCtx(ZSTD_DCtx *zstd);

static int nr_contexts;

ZSTD_DCtx *__wrap_ZSTD_createDCtx(void)
{
	static ZSTD_DCtx *zstd;

	if (!zstd)
		zstd = __real_ZSTD_createDCtx();
	nr_contexts++;
	ZSTD_DCtx_reset(zstd, ZSTD_reset_session_and_parameters);
	return zstd;
}

size_t __wrap_ZSTD_freeDCtx(ZSTD_DCtx *zstd)
{
	nr_contexts -= zstd != NULL;
	return 0;
}

/* A frame, and nothing pressed: that is not the reader's. */
static size_t pack(uint8_t *to, const uint8_t *raw, size_t len)
{
	/* magic; single segment, size in 4 bytes; the last block, raw */
	const uint32_t size = (uint32_t)len, block = size << 3 | 1;
	static const uint8_t magic[] = { 0x28, 0xb5, 0x2f, 0xfd, 0xa0 };

	memcpy(to, magic, sizeof(magic));
	memcpy(to + 5, &size, 4);
	memcpy(to + 9, &block, 3);
	if (len)
		memcpy(to + FRAME_BYTES, raw, len);
	return FRAME_BYTES + len;
}

static size_t put_block(uint8_t *to, size_t room, uint32_t number, uint32_t flags,
			const uint8_t *raw, size_t len)
{
	struct riser_rec_block head = {
		.magic = RISER_REC_BLOCK_MAGIC, .log_id = 1, .version = RISER_REC_VERSION,
		.flags = flags, .number = number, .raw_bytes = (uint32_t)len,
	};
	const uint32_t skip[2] = { RISER_REC_SKIP_MAGIC, sizeof(head) };
	size_t packed;

	if (room < sizeof(skip) + sizeof(head) + FRAME_BYTES + len)
		return 0;
	packed = pack(to + sizeof(skip) + sizeof(head), raw, len);
	head.packed_bytes = (uint32_t)packed;
	head.packed_crc = (uint32_t)riser_hash64(to + sizeof(skip) + sizeof(head), packed, 0);
	head.crc = (uint32_t)riser_hash64((uint8_t *)&head + 8, sizeof(head) - 8, 0);
	memcpy(to, skip, sizeof(skip));
	memcpy(to + sizeof(skip), &head, sizeof(head));
	return sizeof(skip) + sizeof(head) + packed;
}

/* Pieces of the input, 2 bytes of length before each, as blocks. */
static size_t put_blocks(struct input *in, uint8_t *file)
{
	static const uint8_t no_head[] = { RISER_RT_HEAD, 9, 'd', 'a', 't', 'a', '_', 'w', '=', '6', '4' };
	uint8_t flags = input_u8(in);
	size_t bytes, len, nr = 0;
	const uint8_t *raw;

	bytes = flags & 1 ? put_block(file, MAX_FILE, (uint32_t)nr++, RISER_REC_F_HEAD, no_head,
				      sizeof(no_head)) : 0;
	while (in->left && nr < MAX_BLOCKS) {
		len = input_u16(in) & 0xfff;
		raw = input_take(in, len, &len);
		bytes += put_block(file + bytes, MAX_FILE - bytes, (uint32_t)nr++, flags >> 1, raw, len);
	}
	return bytes;
}

static uint64_t sum;

static void use(const void *bytes, size_t len)
{
	const uint8_t *p = bytes;

	while (len--)
		sum += *p++;
}

static void use_text(const char *text)
{
	use(text, text ? strlen(text) : 0);
}

static void use_record(const struct riser_rec *rec)
{
	switch (rec->kind) {
	case RISER_REC_TLP:
		use(rec->tlp.bytes, rec->tlp.len);
		if (rec->tlp.caller) {
			use_text(rec->tlp.caller->comm);
			use_text(rec->tlp.caller->function);
		}
		break;
	case RISER_REC_SITE:
		use(rec->site.frame, rec->site.nr_frames * sizeof(*rec->site.frame));
		use_text(rec->site.text);
		use_text(rec->site.function);
		break;
	case RISER_REC_NOTE:
		use_text(rec->note.text);
		break;
	case RISER_REC_FINDING:
		use(&rec->finding, sizeof(rec->finding));
		break;
	default:
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t file[MAX_FILE];
	struct input in = { data, size };
	char error[RISER_ERROR_BYTES];
	struct riser_rec_log *log;
	struct riser_rec rec;
	uint8_t how = input_u8(&in);
	size_t len;
	int ret;

	if (how & 1)
		len = put_blocks(&in, file);
	else
		memcpy(file, input_take(&in, MAX_FILE, &len), len);
	if (riser_rec_open(memory_file(file, len), &log, error)) {
		MUST(error[0] && !nr_contexts);
		return 0;
	}
	if (how & 2)
		ret = riser_rec_seek_seq(log, how >> 4);
	else if (how & 4)
		ret = riser_rec_seek_cycle(log, (uint64_t)how << 4);
	if (how & 8)
		riser_rec_only_findings(log);
	while ((ret = riser_rec_next(log, &rec)) == 1)
		use_record(&rec);
	MUST(!ret || riser_rec_trouble(log)[0]);
	use_text(riser_rec_trouble(log));
	riser_rec_close(log);
	MUST(!nr_contexts);
	return 0;
}
