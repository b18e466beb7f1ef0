/* qsample for programs in C, and for languages that call C: noise, schedules and the forward
 * process on arrays. Link libqsample (pkg-config qsample-c, in CMake qsample::c).
 *
 * A function that can fail returns a status; unless it is QSAMPLE_OK, qsample_error_text() says
 * what was wrong, and of QSAMPLE_INVALID_ARGUMENT nothing has been written. No exception comes out
 * of here, and nothing is printed. All functions are thread-safe, a schedule may be used by many
 * threads at once, and no call starts a thread of its own.
 *
 * Functions get added; those that are here stay as they are as long as the library's name ends in
 * .so.0. The numbers that they give are those of the program and never change. */
#ifndef QSAMPLE_C_H
#define QSAMPLE_C_H
/* NOLINTBEGIN(modernize-deprecated-headers, modernize-use-using): this is C. */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- What went wrong --- */

enum {
  QSAMPLE_OK = 0,
  QSAMPLE_INVALID_ARGUMENT = 1, /* a value that cannot be */
  QSAMPLE_NO_MEMORY = 2,
  QSAMPLE_FAILURE = 3 /* anything else */
};

/* One sentence for a person about the last call of this thread that failed, which names an argument
 * or a schedule's parameter between backticks: "`t` 1001 is outside 0..1000". Empty where none has.
 * Valid until another call of this thread fails. */
const char* qsample_error_text(void);

/* The library's version, such as "0.2.0". */
const char* qsample_version(void);

/* --- Schedules --- */

/* A table of alpha_t and sigma_t for t = 0..T: q(x_t | x_0) = N(alpha_t x_0, sigma_t^2 I). t = 0 is
 * the clean image. */
typedef struct qsample_schedule qsample_schedule;

/* A parameter of a schedule, called as the program's option: "beta-end", "zero-terminal-snr". */
typedef struct qsample_parameter {
  const char* name;
  double value;     /* 0 or 1 of a flag */
  const char* word; /* of one that takes a word, such as "ve" of "form"; else NULL */
} qsample_parameter;

/* The schedule that `qsample schedule --schedule NAME -T STEPS` shows, with `count` parameters;
 * those left out have their defaults. *schedule is to be freed. */
int qsample_schedule_make(const char* name, int steps, const qsample_parameter* parameters,
                          size_t count, qsample_schedule** schedule);

/* The same from beta_1..beta_T, each in (0, 1]; the parameters are modifiers. */
int qsample_schedule_from_betas(const double* betas, size_t steps,
                                const qsample_parameter* parameters, size_t count,
                                qsample_schedule** schedule);

/* NULL is allowed. */
void qsample_schedule_free(qsample_schedule* schedule);

/* T; 0 of NULL. */
int qsample_schedule_steps(const qsample_schedule* schedule);

/* What a schedule has for each t. */
enum {
  QSAMPLE_ALPHA = 0,     /* factor of x_0 in x_t */
  QSAMPLE_SIGMA = 1,     /* factor of eps */
  QSAMPLE_ALPHA_BAR = 2, /* alpha_t^2 */
  QSAMPLE_SNR = 3,       /* alpha_t^2 / sigma_t^2, infinite at t = 0 */
  QSAMPLE_LOG_SNR = 4,   /* its natural logarithm, finite also where alpha_bar_t underflows */
  QSAMPLE_BETA = 5       /* variance of the step t - 1 -> t; NaN at t = 0 */
};

/* Writes T + 1 values, those of t = 0..T. */
int qsample_schedule_values(const qsample_schedule* schedule, int quantity, double* values);

/* --- Noise and noised samples --- */

enum { QSAMPLE_FLOAT32 = 0, QSAMPLE_FLOAT64 = 1 };

/* The order of an item's samples: plane after plane, (C, H, W) or (C, F, H, W); or pixel after
 * pixel, (H, W, C) or (F, H, W, C). */
enum { QSAMPLE_CHW = 0, QSAMPLE_HWC = 1 };

/* An array of `items` images, one after the other and without gaps; of one channel for (H, W). A
 * sample has the noise that the program gives to that of the same channel and pixel, in either
 * layout. */
typedef struct qsample_shape {
  size_t items;
  size_t channels;
  size_t pixels; /* height * width, of a video times its frames */
  int layout;    /* QSAMPLE_CHW, ... */
  int dtype;     /* QSAMPLE_FLOAT32, ...: of every array of the call */
} qsample_shape;

/* Standard normal noise: eps has the shape. `seed_count` is 1 or the number of items. With one
 * seed, item n has draw number draw * items + n of it, as an item of a batched tensor has; with a
 * seed for each, item n has draw number `draw` of its own, as a file has in a batch. `step` is the
 * stream: 0 for a shared path, t for an independent one. Of float64 the samples are the same
 * floats. */
int qsample_noise(const qsample_shape* shape, const uint64_t* seeds, size_t seed_count,
                  uint32_t draw, uint32_t step, void* eps);

/* How the noise at one timestep relates to the noise at another. */
enum {
  QSAMPLE_SHARED = 0,     /* one eps for all t: what `qsample noise` takes by default */
  QSAMPLE_MARKOV = 1,     /* the Markov chain of DDPM */
  QSAMPLE_INDEPENDENT = 2 /* a fresh eps for each t */
};

/* x_t = alpha_t x_0 + sigma_t eps for each item, bit for bit what the program computes. Seeds and
 * draw are as of qsample_noise; `t_count` is 1 or the number of items, each t in 0..T. xt may be
 * x0; eps, unless NULL, is set to the noise, and must not overlap them. Along a Markov path there
 * is no eps where sigma_t is 0, as it is at t = 0, so it must be NULL there. */
int qsample_q_sample(const qsample_schedule* schedule, int path, const qsample_shape* shape,
                     const uint64_t* seeds, size_t seed_count, uint32_t draw, const int64_t* t,
                     size_t t_count, const void* x0, void* xt, void* eps);

/* The seed that `qsample batch --seed SEED` gives to a file: `name` is its path below the input
 * folder, `length` bytes with '/' between its parts. */
uint64_t qsample_file_seed(const char* name, size_t length, uint64_t seed);

#ifdef __cplusplus
}
#endif

/* NOLINTEND(modernize-deprecated-headers, modernize-use-using) */
#endif
