# For Doxygen: the plain comment that a header begins with is that of its file, and plain C's are
# comments on what follows or precedes them.
1,/^#/ {
  s|^// |/// |
  s|^//$|///|
  s|^#pragma once|/// @file|
  1s|^/\* |/** @file\n * |
}
s|^/\* \([^-N]\)|/** \1|
s|^\( *[^ /*].*\) /\* |\1 /**< |
