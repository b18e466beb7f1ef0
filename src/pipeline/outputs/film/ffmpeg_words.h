// How ffmpeg is asked for a film.
#pragma once

#include <string>
#include <vector>

#include "pipeline/outputs/film/film_form.h"

namespace qsample {

/// What the frames are that it reads from its standard input.
enum class FedPixels { rgb, yuv444_bt709 };

/// .gif and what is lossless is made of the pixels themselves.
[[nodiscard]] FedPixels fed_pixels(const FilmForm& form, const FilmOptions& film);

/// Numbers of the files that it has from us: what it writes, and the metadata of the film.
inline constexpr int kFilmFile = 3;
inline constexpr int kMetadataFile = 4;

/// The command line, ffmpeg first. Where the film `has_metadata`, they are read.
[[nodiscard]] std::vector<std::string> ffmpeg_words(const FilmForm& form, const FilmOptions& film,
                                                    FrameRate rate, int width, int height,
                                                    bool has_metadata);

/// What the metadata file holds: a comment.
[[nodiscard]] std::string ffmpeg_metadata(const std::string& comment);

}  // namespace qsample
